import type { access as en } from "../en/access";
import type { Like } from "../texts";

export const access: Like<typeof en> = {
  title: "Kunci dan pengguna",
};
