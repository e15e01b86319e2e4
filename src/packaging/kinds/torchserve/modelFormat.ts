/**
 * KServe's name of the format that a MAR is served as. The fallback for a model of which nothing else is known: a stored
 * model that does not say what it can be served as is a MAR.
 */
export const archiveModelFormat = 'pytorch';
