export const access = {
  title: "Keys and people",
};
