// A few figures with their names, side by side.

export interface Tile {
  name: string;
  figure: string;
  more?: string;
}

export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <dl className="tiles">
      {tiles.map(({ name, figure, more }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{figure}</strong>
            {more && <span className="small quiet">{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
