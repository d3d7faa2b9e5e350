// The view of analytics, for administrators.
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";

export default function AnalyticsView() {
  const texts = useTexts({ en, id });
  return <h1>{texts.title}</h1>;
}
