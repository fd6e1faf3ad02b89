import { useMemo } from 'react';
import { Code } from './code.tsx';
import styles from './export.module.css';
import { type Block, blocksOf, inlinesOf } from './markdown.ts';

/** A model card as it reads: headings, paragraphs, lists, tables and code, made of elements and never of HTML text. */
export function ModelCard({ source }: { source: string }) {
  const blocks = useMemo(() => blocksOf(source), [source]);
  return (
    <article className={styles.card}>
      {blocks.map((block, i) => (
        <BlockView key={i} block={block} />
      ))}
    </article>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading': {
      const Heading = block.level === 1 ? 'h3' : 'h4';
      return (
        <Heading>
          <Line text={block.text} />
        </Heading>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
    case 'code':
      return <Code>{block.text}</Code>;
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item) => (
            <li key={item}>
              <Line text={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return <TableView head={block.head} rows={block.rows} />;
    default:
      return block satisfies never;
  }
}

function TableView({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <div className={styles.tableScroll}>
      <table>
        {head.some(Boolean) && (
          <thead>
            <tr>
              {head.map((cell, i) => (
                <th key={i} scope="col">
                  <Line text={cell} />
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>
                  <Line text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ text }: { text: string }) {
  return inlinesOf(text).map((piece, i) => {
    const key = `${i}${piece.text}`;
    switch (piece.kind) {
      case 'code':
        return (
          <code key={key} className="code">
            {piece.text}
          </code>
        );
      case 'strong':
        return <b key={key}>{piece.text}</b>;
      case 'emphasis':
        return <em key={key}>{piece.text}</em>;
      case 'link':
        return (
          <a key={key} href={piece.href} target="_blank" rel="noreferrer">
            {piece.text}
          </a>
        );
      case 'text':
        return piece.text;
      default:
        return piece satisfies never;
    }
  });
}
