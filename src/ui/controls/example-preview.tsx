import { useStudio } from '../studio-context.tsx';
import styles from './example-preview.module.css';
import { plainText, useText } from './text-example.tsx';
import { Thumbnail } from './thumbnail.tsx';

interface ExamplePreviewProps {
  /** Example of the open data set. */
  id: number;
  /** Read out in place of a picture. */
  alt: string;
}

/** An example in passing: its thumbnail, or the beginning of its text. */
export function ExamplePreview({ id, alt }: ExamplePreviewProps) {
  const kind = useStudio((state) => state.dataset?.kind);
  return kind === 'text' ? <TextPreview id={id} /> : <Thumbnail id={id} alt={alt} />;
}

function TextPreview({ id }: { id: number }) {
  const row = useText(id);
  return (
    <p className={styles.text} dir="auto" aria-busy={!row}>
      {row && (plainText(row).trim() === '' ? '∅' : plainText(row))}
    </p>
  );
}
