/** False once it is somebody else's to write: what waits behind a request may have waited too long. */
export type MayWrite = () => boolean;
