import "./build.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { NotFound } from "@/app/NotFound";
import { useMe } from "@/shared/api/queries";
import { ProblemBox } from "@/shared/Problem";
import { useDesign } from "./api";
import { type Address, Designer } from "./Designer";
import { ObjectList } from "./ObjectList";

/** Objects and their fields: the list of objects, or one of them being shaped. */
export function ObjectsPage() {
  const me = useMe().data;
  const design = useDesign();
  const search = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  if (me && !me.rights.design) return <NotFound />;
  if (design.error) return <ProblemBox error={design.error} retry={() => design.refetch()} />;
  if (!design.data) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  const objects = design.data.objects;
  const object = objects.find((one) => one.key === search.object && one.kind === "object");
  if (search.object && !object) return <NotFound />;
  if (object) return <Designer key={object.key} object={object} objects={objects} />;
  return (
    <ObjectList
      objects={objects.filter((one) => one.kind === "object")}
      retired={design.data.retired ?? []}
      onOpen={(key) => void navigate({ to: "/build/objects", search: { object: key } })}
    />
  );
}
