// What an inventory of hosts may say: its keys and the form of their values.
import { isIP } from 'node:net';
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'up to 32 lower-case letters, digits and dashes');
/** Also what `~/.ssh/config` calls a host. Never read as an option: no dash in front. */
const hostName = z.string().regex(/^[\w.:][\w.:%-]*$/, 'not a host name or address');
const address = z.string().refine((text) => isIP(text) !== 0, 'not an IP address');
const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'not the name of an environment variable');
const path = z.string().min(1, 'an empty path');

/** How to log in; what is missing comes from `~/.ssh/config`, then from what ssh takes by default. */
const login = {
  user: z
    .string()
    .regex(/^[\w.][\w.-]*$/, 'not a user name')
    .optional(),
  port: z.int().min(1, 'not a port').max(65_535, 'not a port').optional(),
  /** Private key file; `~` is the home folder, other paths start at the inventory. */
  key: path.optional(),
  passphraseEnv: variable.optional(),
  passwordEnv: variable.optional(),
  /** A name under `jumps`, or as ssh's ProxyJump; `none`. */
  jump: z.string().min(1).optional(),
  /** As in a `.pub` file. */
  hostKey: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
};

const forAll = {
  ...login,
  /** Whether root is had by sudo, without a password, when the user is another. */
  sudo: z.boolean().optional(),
  /** Whether a test may do to it what it likes. */
  disposable: z.boolean().optional(),
  tier: z.string().min(1).optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

const host = z.strictObject({
  ...forAll,
  /** `n1`, `n2` … by its place unless told. */
  name: name.optional(),
  host: hostName,
  /** Where clients and other nodes reach it, and every address of it: found out unless told. */
  address: address.optional(),
  addresses: z.array(address).min(1).optional(),
});

const jump = z.strictObject({ ...login, host: hostName });

export const inventoryShape = z.strictObject({
  defaults: z.strictObject(forAll).optional(),
  jumps: z.record(name, jump).optional(),
  /** A file of host keys instead of the user's own. */
  knownHosts: path.optional(),
  /** `any` takes whatever host key is offered: only for networks that are trusted. */
  hostKeys: z.enum(['strict', 'any']).optional(),
  hosts: z.array(host).min(1, 'no hosts').max(99, 'more than 99 hosts'),
});

export type InventoryFile = z.infer<typeof inventoryShape>;
export type Login = z.infer<typeof jump>;
