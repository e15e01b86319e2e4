/** Largest request body, in bytes: TorchServe's default, so that what works here works on a cluster. */
export const maxRequestBytes = 6_553_500;
