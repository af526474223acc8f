import { Button, Dropdown, type InputRef } from "antd";
import { ArrowDownUp, Rows3 } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { ColumnsMenu } from "./ColumnsMenu";
import { FilterChips, SearchBox } from "./FilterBar";
import type { Density, useListState } from "./listState";

/** The second bar of a list: chips on the left, sort, density and columns on the right. Chips scroll before it wraps. */
export function ListBar({
  object,
  state,
  box,
  phone,
}: {
  object: ObjectDef;
  state: ReturnType<typeof useListState>;
  box: RefObject<InputRef | null>;
  phone: boolean;
}) {
  const { t, i18n } = useTranslation();
  const { go, sort, density, columns } = state;
  const first = sort.split(",")[0] ?? "";
  const by = object.fields.find((field) => field.key === first.replace(/^-/, ""));
  const direction = t(first.startsWith("-") ? "list.down" : "list.up");
  return (
    <div className="sub-bar list-bar">
      <div className="chips">
        <FilterChips object={object} filter={state.filter} onChange={(next) => go({ filter: next })} />
      </div>
      <SearchBox box={box} value={state.q} onChange={(text) => go({ q: text || undefined }, true)} />
      {!phone && (
        <div className="list-ways">
          {by && (
            <Button
              type="text"
              size="small"
              icon={<ArrowDownUp size={14} />}
              aria-label={t("list.turnSort", { name: label(by.labels, i18n.language) })}
              onClick={() => go({ sort: first.startsWith("-") ? by.key : `-${by.key}` })}
            >
              <span className="way">
                {label(by.labels, i18n.language)} {direction}
              </span>
            </Button>
          )}
          <Dropdown
            trigger={["click"]}
            menu={{
              selectedKeys: [density],
              items: ["compact", "normal", "tall"].map((one) => ({
                key: one,
                label: t(`list.density_${one}`),
              })),
              onClick: ({ key }) => go({ density: key as Density }),
            }}
          >
            <Button
              type="text"
              size="small"
              icon={<Rows3 size={14} />}
              aria-label={t(`list.density_${density}`)}
            >
              <span className="way">{t(`list.density_${density}`)}</span>
            </Button>
          </Dropdown>
          <ColumnsMenu object={object} columns={columns} onChange={(next) => go({ cols: next.join(",") })} />
        </div>
      )}
    </div>
  );
}
