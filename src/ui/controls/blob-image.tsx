import { type ImgHTMLAttributes, useEffect, useState } from 'react';

interface BlobImageProps extends Omit<ImgHTMLAttributes<HTMLImageElement>, 'src'> {
  blob: Blob;
  alt: string;
}

/** A picture from memory. Its object URL lives as long as it is shown. */
export function BlobImage({ blob, alt, ...rest }: BlobImageProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return <img {...rest} src={url} alt={alt} decoding="async" draggable={false} />;
}
