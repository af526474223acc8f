/** The main screens of a workspace with the sales starter: one list for the pictures and for the walks over all of them. */
import { ask } from "./steps.mjs";

/** → [{name, path}]; records are picked from what is there. */
export async function screensOf(page) {
  const first = async (object) => (await ask(page, "GET", `/records/${object}?limit=1`)).records[0];
  const [deal, account, lead] = [await first("opportunity"), await first("account"), await first("lead")];
  return [
    { name: "home", path: "/" },
    { name: "dashboard", path: "/dashboard" },
    { name: "list", path: "/o/opportunity" },
    { name: "accounts", path: "/o/account" },
    { name: "board", path: "/board/opportunity" },
    { name: "record", path: `/o/opportunity/${deal.id}` },
    { name: "account", path: `/o/account/${account.id}` },
    { name: "lead", path: `/o/lead/${lead.id}` },
    { name: "import", path: "/import?object=account" },
    { name: "fields", path: "/build/objects?object=opportunity&field=amount" },
    { name: "people", path: "/build/people" },
  ];
}
