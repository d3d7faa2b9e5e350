// Files that are dropped anywhere on the page while the view is shown; without it the browser would open them.
import { useEffect, useRef, useState } from "react";
import { droppedEntries } from "./chosen_files";
import { takeTyped } from "./NamesField";

/** Whether files are being dragged over the page; `dropped` gets those that are let go. */
export function useDrop(dropped: (entries: FileSystemEntry[]) => void): boolean {
  const [over, setOver] = useState(false);
  const told = useRef(dropped);
  told.current = dropped;
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const dragged = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      setOver(true);
    };
    // Leaving one element for another inside the page names that one.
    const left = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const entries = droppedEntries(event.dataTransfer!);
      // A group that is still being typed counts: leaving the field takes it.
      takeTyped();
      told.current(entries);
    };
    addEventListener("dragover", dragged);
    addEventListener("dragleave", left);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", dragged);
      removeEventListener("dragleave", left);
      removeEventListener("drop", drop);
    };
  }, []);
  return over;
}
