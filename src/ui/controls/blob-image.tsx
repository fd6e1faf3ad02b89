import { type ImgHTMLAttributes, useEffect, useState } from 'react';

interface BlobImageProps extends Omit<ImgHTMLAttributes<HTMLImageElement>, 'src'> {
  blob: Blob;
  alt: string;
}

/** An image that goes while it loads would find its URL gone, and the browser would log that as an error. */
const LOADS_WITHIN = 2000;

/** A picture from memory. Its object URL lives as long as it is shown, and a little longer. */
export function BlobImage({ blob, alt, ...rest }: BlobImageProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      setTimeout(() => URL.revokeObjectURL(made), LOADS_WITHIN);
    };
  }, [blob]);
  return <img {...rest} src={url} alt={alt} decoding="async" draggable={false} />;
}
