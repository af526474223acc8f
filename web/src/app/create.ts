import { createContext, useContext } from "react";

/** Opens the form of an object over the present page, wherever one is; done by the shell. */
export const CreateContext = createContext<(object: string) => void>(() => {});
export const useCreate = () => useContext(CreateContext);
