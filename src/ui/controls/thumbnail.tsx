import { type ImgHTMLAttributes, useEffect, useState } from 'react';
import { useActions, useStudio } from '../studio-context.tsx';
import { BlobImage } from './blob-image.tsx';

interface ThumbnailProps extends Omit<ImgHTMLAttributes<HTMLImageElement>, 'src' | 'id'> {
  /** Example of the open data set. */
  id: number;
  alt: string;
}

/** The thumbnail of an example, fetched from the engine when it is first shown. */
export function Thumbnail({ id, alt, ...rest }: ThumbnailProps) {
  const { thumbnail } = useActions();
  const dataset = useStudio((state) => state.dataset?.id);
  const [blob, setBlob] = useState<Blob>();
  useEffect(() => {
    let shown = dataset !== undefined;
    thumbnail(id).then(
      (found) => shown && setBlob(found),
      () => {},
    );
    return () => {
      shown = false;
      setBlob(undefined);
    };
  }, [thumbnail, dataset, id]);
  return blob ? <BlobImage {...rest} blob={blob} alt={alt} /> : <img {...rest} alt={alt} draggable={false} />;
}
