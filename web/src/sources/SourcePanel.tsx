// A source beside the answer.
import type { Shown } from "../chat/opening";

export default function SourcePanel({ shown, close }: { shown: Shown; close: () => void }) {
  return <aside><button onClick={close}>x</button>{shown.quote}</aside>;
}
