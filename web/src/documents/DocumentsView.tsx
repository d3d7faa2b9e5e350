// The view of documents, for administrators.
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";

export default function DocumentsView() {
  const texts = useTexts({ en, id });
  return <h1>{texts.title}</h1>;
}
