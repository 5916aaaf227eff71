/** The name of a column, with a class where it is not plain text. */
export type Column = string | { name: string; class: string };

/** A column of figures: flush right. */
export function numeric(name: string): Column {
  return { name, class: "number" };
}

/** The head of a table. */
export function TableHead({ columns }: { columns: readonly Column[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, i) => {
          const { name, class: kind } =
            typeof column === "string" ? { name: column, class: "" } : column;
          return (
            <th key={i} scope="col" class={kind}>
              {name}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
