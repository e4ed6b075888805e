#!/usr/bin/env node
// The `elle-js-bridge` program.
