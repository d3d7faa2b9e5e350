// The view of access, for administrators.
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";

export default function AccessView() {
  const texts = useTexts({ en, id });
  return <h1>{texts.title}</h1>;
}
