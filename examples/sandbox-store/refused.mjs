// Something asked of the shop that it will not do; becomes a userError or a 422 of the sandbox's own calls.
export class Refused extends Error {
  constructor(message, field = null, code = null, elementIndex = null) {
    super(message);
    Object.assign(this, { field, code, elementIndex });
  }
}
