import "./app.css";
import { useQueryClient } from "@tanstack/react-query";
import { Navigate, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccountActions } from "@/app/account";
import { useCounts } from "@/app/counts";
import { CreateContext } from "@/app/create";
import { KeyboardMap } from "@/app/KeyboardMap";
import { useShellKeys } from "@/app/keys";
import { useMade } from "@/app/made";
import { hasStages, placesOf } from "@/app/navigation";
import { OfflineBar } from "@/app/OfflineBar";
import { Palette } from "@/app/Palette";
import { Sidebar } from "@/app/Sidebar";
import { TabBar } from "@/app/TabBar";
import { useTitle } from "@/app/titles";
import { type Language, setLanguage } from "@/i18n";
import { useMe, useObjects } from "@/shared/api/queries";
import type { Me, ObjectDef } from "@/shared/api/types";
import { useLiveQueries } from "@/shared/live";
import { ProblemBox } from "@/shared/Problem";

const RecordForm = lazy(async () => ({
  default: (await import("@/features/records/RecordForm")).RecordForm,
}));

/** Who is here and what exists; without a session one goes to the sign-in, and comes back after it. */
export function Shell() {
  const me = useMe();
  const objects = useObjects();
  const here = useRouterState({ select: (state) => state.location.href });
  const locale = me.data?.user.locale;
  useEffect(() => {
    if (locale) setLanguage(locale as Language);
  }, [locale]);
  if (me.error) {
    const status = (me.error as { body?: { status: number } }).body?.status;
    // While the move to the sign-in is under way this still renders once, with the new address.
    if (here.startsWith("/login")) return null;
    return status === 401 ? (
      <Navigate to="/login" search={here === "/" ? {} : { next: here }} />
    ) : (
      <ProblemBox error={me.error} retry={() => me.refetch()} />
    );
  }
  if (!me.data || !objects.data) {
    if (objects.error) return <ProblemBox error={objects.error} retry={() => objects.refetch()} />;
    return <Spin delay={200} style={{ display: "block", margin: "30vh auto" }} />;
  }
  return <Frame me={me.data} objects={objects.data} />;
}

function Frame({ me, objects }: { me: Me; objects: ObjectDef[] }) {
  const { t, i18n } = useTranslation();
  const [folded, setFolded] = useState(() => localStorage.getItem("dealwright.folded") === "1");
  const [searching, setSearching] = useState(false);
  const [mapping, setMapping] = useState(false);
  const [creating, setCreating] = useState<string | null>(null);
  const queries = useQueryClient();
  const sayMade = useMade();
  const params = useParams({ strict: false }) as { object?: string };
  const actions = useAccountActions(() => setMapping(true));
  const places = placesOf(objects, me, i18n.language, t);
  const counts = useCounts();
  useLiveQueries();
  useTitle(places, objects, me.workspace.name, i18n.language);
  const makeable = objects.filter((object) => object.kind === "object" && me.objects[object.key]?.create);
  const create = () => {
    const object =
      makeable.find((one) => one.key === params.object) ?? makeable.find(hasStages) ?? makeable[0];
    if (object) setCreating(object.key);
  };
  useShellKeys(places, {
    search: () => setSearching(true),
    create,
    map: () => setMapping(true),
  });
  const fold = () => {
    localStorage.setItem("dealwright.folded", folded ? "0" : "1");
    setFolded(!folded);
  };
  const made = creating ? objects.find((object) => object.key === creating) : undefined;
  return (
    <div className={folded ? "shell folded" : "shell"}>
      <a href="#page" className="skip">
        {t("shell.skip")}
      </a>
      <Sidebar
        me={me}
        places={places}
        counts={counts}
        actions={actions}
        folded={folded}
        onFold={fold}
        onSearch={() => setSearching(true)}
      />
      <main className="page" id="page" tabIndex={-1}>
        <OfflineBar />
        <CreateContext value={setCreating}>
          <Outlet />
        </CreateContext>
      </main>
      <TabBar
        me={me}
        places={places}
        actions={actions}
        onSearch={() => setSearching(true)}
        onCreate={create}
      />
      {searching && (
        <Palette
          me={me}
          objects={objects}
          places={places}
          actions={actions}
          onCreate={setCreating}
          onClose={() => setSearching(false)}
        />
      )}
      {mapping && <KeyboardMap places={places} onClose={() => setMapping(false)} />}
      {made && (
        <Suspense fallback={null}>
          <RecordForm
            object={made}
            onClose={() => setCreating(null)}
            onSaved={async (record) => {
              setCreating(null);
              sayMade(made, record);
              await queries.invalidateQueries();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
