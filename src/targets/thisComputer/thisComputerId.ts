/** Id of the one target of this kind; apart, so that knowing it loads no server. */
export const thisComputerId = 'this-computer';
