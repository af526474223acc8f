import { texts } from "../texts";

export default texts(import.meta.glob("./*.json", { eager: true, import: "default" }));
