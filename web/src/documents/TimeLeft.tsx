// How long something will take, as roughly as it is known.
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";

export function TimeLeft({ seconds }: { seconds: number }) {
  const { left } = useTexts({ en, id });
  const minutes = Math.ceil(seconds / 60);
  return <>{minutes <= 1 ? left.moment : minutes < 100 ? left.minutes(minutes) : left.hours(Math.round(minutes / 60))}</>;
}
