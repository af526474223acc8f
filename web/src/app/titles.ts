import { useQuery } from "@tanstack/react-query";
import { useParams, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Place } from "@/app/navigation";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";

/** The browser's title says where one is: the record, its list, the product. */
export function useTitle(places: Place[], objects: ObjectDef[], workspace: string, locale: string): void {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const params = useParams({ strict: false }) as { object?: string; id?: string };
  const object = objects.find((one) => one.key === params.object);
  const record = useQuery<RecordData>({ queryKey: ["record", params.object, params.id], enabled: false });
  const named = object?.name_field && params.id ? record.data?.[object.name_field] : undefined;
  const here =
    params.id && object ? label(object.labels, locale) : places.find((place) => place.to === path)?.text;
  const title = [named, here, workspace || "Dealwright"].filter(Boolean).join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
