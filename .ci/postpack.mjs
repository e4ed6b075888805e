// Puts the manifest back that prepack pointed at dist/.
import { existsSync, renameSync } from 'node:fs';

if (existsSync('.package.json.source')) renameSync('.package.json.source', 'package.json');
