// Options that systems, workloads and nemeses declare as data, so that the command line can offer and check them.

/** One command-line option; its name is its key, in kebab-case. */
export type OptionSpec =
  | {
      readonly type: 'boolean';
      readonly describe: string;
      readonly default: boolean;
    }
  | {
      readonly type: 'number';
      readonly describe: string;
      readonly default: number;
      /** Smallest and largest accepted value, both inclusive. */
      readonly min?: number;
      readonly max?: number;
      readonly integer?: boolean;
    }
  | {
      readonly type: 'string';
      readonly describe: string;
      readonly default: string;
      readonly choices?: readonly string[];
    };
export type OptionSpecs = { readonly [name: string]: OptionSpec };
export type OptionValue = boolean | number | string;
/** Values by option name, defaults filled in. */
export type OptionValues = { readonly [name: string]: OptionValue };
