import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import type { Grant, Role } from "./api";

/** What each role may do, in words; roles add up, and the widest scope counts. */
export function RoleList({ roles }: { roles: Role[] }) {
  const { t, i18n } = useTranslation();
  const scope = (grant: Grant | undefined, action: "read" | "update" | "delete") =>
    t(`people.scope.${grant?.[action] ?? "none"}`);
  return (
    <>
      <p className="meta list-head">{t("people.rolesHint")}</p>
      <table className="roster">
        <thead>
          <tr>
            <th scope="col">{t("people.role")}</th>
            <th scope="col">{t("people.read")}</th>
            <th scope="col">{t("people.update")}</th>
            <th scope="col">{t("people.delete")}</th>
            <th scope="col">{t("people.rights")}</th>
            <th scope="col" className="num">
              {t("people.members")}
            </th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <tr key={role.id}>
              <th scope="row">{label(role.labels, i18n.language)}</th>
              <td>{scope(role.grants.default, "read")}</td>
              <td>{scope(role.grants.default, "update")}</td>
              <td>{scope(role.grants.default, "delete")}</td>
              <td>
                {(role.grants.rights ?? []).map((right) => t(`people.right.${right}`)).join(" · ") || "—"}
              </td>
              <td className="num">{role.people}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
