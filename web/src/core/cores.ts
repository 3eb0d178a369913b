/** How many lanes a device can work on side by side. */

/**
 * The device's cores, at most 16.
 *
 * @param unknown how many to assume where the browser does not say
 */
export const cores = (unknown = 4): number =>
  Math.min(navigator.hardwareConcurrency || unknown, 16);
