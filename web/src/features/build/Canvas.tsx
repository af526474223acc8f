import { Button } from "antd";
import { Plus } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/shared/api/types";
import type { Designed } from "./api";
import type { Drafted, Operation } from "./draft";
import { bothLabels } from "./fresh";
import type { Dragged } from "./LayoutTab";
import { type Place, withSection } from "./places";
import { SectionCard } from "./SectionCard";

interface Props {
  object: Designed;
  drafted: Drafted;
  record: RecordData | undefined;
  chosen: string | undefined;
  dragged: Dragged | null;
  place: Place | null;
  placeName: string;
  hiddenFrom: (field: string) => string | undefined;
  phone: boolean;
  onChoose: (key: string | undefined) => void;
  push: (...more: Operation[]) => void;
}

/** The form as it will be, section by section, with a record's own values. */
export function Canvas(props: Props) {
  const { t } = useTranslation();
  const { drafted, dragged, place, placeName, push } = props;
  const sections = drafted.sections;
  const over = dragged?.kind === "section" ? place : null;
  const here = (
    <div className="drop-section" aria-hidden="true">
      {t("build.dropHere", { name: placeName })}
    </div>
  );
  return (
    <div className={props.phone ? "canvas narrow" : "canvas"}>
      <div className="canvas-in">
        {sections.map((section, at) => (
          <Fragment key={section.key}>
            {over?.section === section.key && over.index === 0 && here}
            <SectionCard {...props} section={section} first={at === 0} last={at === sections.length - 1} />
            {over?.section === section.key && over.index > 0 && here}
          </Fragment>
        ))}
        <Button
          className="add-section"
          type="dashed"
          block
          icon={<Plus size={15} />}
          onClick={() => {
            const next = withSection(sections, bothLabels("build.sectionName"));
            push({ op: "layout", sections: next });
            props.onChoose(`#${next[next.length - 1]?.key}`);
          }}
        >
          {t("build.addSection")}
        </Button>
      </div>
    </div>
  );
}
