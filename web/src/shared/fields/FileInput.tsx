import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Paperclip, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { API, api, query } from "@/shared/api/client";
import { fileSize } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import type { InputProps } from "./FieldInput";

export interface FileLink {
  id: string;
  name?: string;
  size?: number;
  mime?: string;
}

export const filesOf = (value: unknown): FileLink[] =>
  ((value as (FileLink | string)[] | null) ?? []).map((one) => (typeof one === "string" ? { id: one } : one));

/** Files with their names: a record holds only ids. */
export function useFiles(value: unknown): FileLink[] {
  const files = filesOf(value);
  const unnamed = files.filter((one) => one.name === undefined).map((one) => one.id);
  const found = useQuery({
    queryKey: ["files", unnamed],
    enabled: unnamed.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () =>
      (await api<{ files: FileLink[] }>(`/files${query({ ids: unnamed.join(",") })}`)).files,
  });
  return files.map((one) => found.data?.find((named) => named.id === one.id) ?? one);
}

/** Uploads at once, keeps the ids: a file belongs to the record when the record is saved. */
export function FileInput({ field, value, onChange, id, ...rest }: InputProps) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const files = useFiles(value);
  const add = async (chosen: FileList | null) => {
    if (!chosen?.length) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const added: FileLink[] = [];
      for (const file of chosen) {
        const form = new FormData();
        form.append("file", file);
        added.push(await api<FileLink>("/files", { form }));
      }
      onChange([...files, ...added]);
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="files">
      {files.map((file) => (
        <span key={file.id} className="file">
          <Paperclip size={13} />
          <a href={`${API}/files/${file.id}`} target="_blank" rel="noreferrer" className="cut">
            {file.name ?? t("form.file")}
          </a>
          {file.size !== undefined && <span className="meta">{fileSize(file.size)}</span>}
          <button
            type="button"
            className="plain"
            aria-label={t("form.removeFile", { name: file.name ?? t("form.file") })}
            onClick={() => onChange(files.filter((one) => one.id !== file.id))}
          >
            <X size={13} />
          </button>
        </span>
      ))}
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={field.type === "image" ? "image/*" : undefined}
        onChange={(event) => {
          void add(event.target.files);
          event.target.value = "";
        }}
      />
      <Button
        {...rest}
        id={id}
        size="small"
        icon={<Paperclip size={14} />}
        loading={busy}
        onClick={() => picker.current?.click()}
      >
        {t("form.upload")}
      </Button>
      {problem && (
        <p className="error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
