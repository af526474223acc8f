import { Button, Dropdown } from "antd";
import { ArrowUpDown, Columns3, IdCard, Workflow } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FilterChips } from "@/features/records/FilterBar";
import type { ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { BoardViews } from "./BoardViews";
import { Compose } from "./Compose";
import type { Asked } from "./cards";
import { boardOf, groupsOf, type Sums, sortsOf } from "./model";
import { BoardSums } from "./Sums";
import type { useBoardState } from "./useBoardState";

/** The second bar of a board: views, process, filter, order of cards, what stands on them; sums on the right. */
export function BoardBar({
  object,
  state,
  card,
  total,
  onDraft,
  sample,
}: {
  object: ObjectDef;
  state: ReturnType<typeof useBoardState>;
  card: string[];
  total: Sums;
  onDraft: (card: string[] | null) => void;
  sample: () => Asked;
}) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const [composing, setComposing] = useState(false);
  const sorts = sortsOf(object);
  const groups = groupsOf(object);
  return (
    <div className="sub-bar list-bar board-ways">
      <BoardViews object={object} state={state} />
      {state.group.type === "stage" && state.pipelines.length > 1 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            selectedKeys: [state.pipeline ?? ""],
            items: state.pipelines.map((one) => ({ key: one.key, label: label(one.labels, locale) })),
            onClick: ({ key }) => state.go({ pipeline: key }),
          }}
        >
          <Button size="small" icon={<Workflow size={14} />}>
            {label(state.process?.labels, locale)}
          </Button>
        </Dropdown>
      )}
      <FilterChips
        object={object}
        filter={state.chosen}
        onChange={(next) =>
          state.go({
            filter: next && Object.keys(next as object).length ? next : state.view ? {} : undefined,
          })
        }
      />
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [state.sortKey],
          items: sorts.map((one) => ({ key: one, label: t(`board.sort_${one}`) })),
          onClick: ({ key }) => state.go({ sort: key }),
        }}
      >
        <Button type="text" size="small" icon={<ArrowUpDown size={14} />}>
          {t(`board.sort_${state.sortKey}`)}
        </Button>
      </Dropdown>
      {groups.length > 1 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            selectedKeys: [state.group.key],
            items: groups.map((one) => ({ key: one.key, label: label(one.labels, locale) })),
            onClick: ({ key }) => state.go({ group: key }),
          }}
        >
          <Button type="text" size="small" icon={<Columns3 size={14} />} aria-label={t("board.groupBy")}>
            {label(state.group.labels, locale)}
          </Button>
        </Dropdown>
      )}
      <Button
        type="text"
        size="small"
        className="compose-open"
        icon={<IdCard size={14} />}
        onClick={() => setComposing(true)}
      >
        {t("board.card")}
      </Button>
      <span className="grow" />
      <BoardSums
        plain={state.group.type === "stage" ? undefined : label(object.plural, locale)}
        total={total}
        money={boardOf(object).sum !== undefined}
      />
      {composing && (
        <Compose
          object={object}
          state={state}
          card={card}
          asked={sample()}
          onDraft={onDraft}
          onClose={() => {
            setComposing(false);
            onDraft(null);
          }}
        />
      )}
    </div>
  );
}
