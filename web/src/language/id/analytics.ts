import type { analytics as en } from "../en/analytics";
import type { Like } from "../texts";

export const analytics: Like<typeof en> = {
  title: "Analitik",
};
