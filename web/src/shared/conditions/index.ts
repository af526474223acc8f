/** One condition tree for the whole product; the server's twin is src/dealwright/conditions. */
export { fold } from "./fold";
export { matches } from "./matches";
export * from "./shapes";
export { type LeafWords, leafWords, type NameOf, operatorWords, sentence, valueWords, words } from "./words";
