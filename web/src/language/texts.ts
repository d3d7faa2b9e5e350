// The shape of the texts of a room: another language has every text of English, and no other.

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Name in keyof T]: Widened<T[Name]> };

export type Like<T> = Widened<T>;
export interface InEach<T> {
  en: T;
  id: Like<T>;
}
