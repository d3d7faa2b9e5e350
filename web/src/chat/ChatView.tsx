// Asking: the conversations, the answers, and the source beside them.
import { layout as en } from "../language/en/layout";
import { layout as id } from "../language/id/layout";
import { useTexts } from "../language/language";

export function ChatView() {
  return <h1>{useTexts({ en, id }).chat}</h1>;
}
