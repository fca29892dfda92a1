export class PawlError extends Error {
  name = 'PawlError';

  /** @param {import('../types/pawl.d.ts').PawlErrorCode} code */
  constructor(code) {
    super(`pawl: ${code}`);
    this.code = code;
  }
}
