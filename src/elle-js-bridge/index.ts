// What the package exports.
