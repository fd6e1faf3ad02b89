import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Why there is no picture; each has its sentence under `camera.problem`. */
export type CameraProblem = 'refused' | 'missing' | 'in-use' | 'insecure' | 'other';
export type CameraState = 'starting' | 'on' | CameraProblem;

/** Names of the errors that `getUserMedia` gives (Media Capture and Streams, 10.3). */
const PROBLEMS: Readonly<Record<string, CameraProblem>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'in-use',
  AbortError: 'in-use',
};

/** Shows a camera in a video element for as long as the component stands; its light goes out with it. */
export function useCamera(video: RefObject<HTMLVideoElement | null>) {
  const [state, setState] = useState<CameraState>('starting');
  const [tries, setTries] = useState(0);
  const [device, setDevice] = useState<string>();
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const again = useCallback(() => setTries((before) => before + 1), []);

  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    async function start(): Promise<void> {
      setState('starting');
      // Browsers hide cameras from pages that others could have written into.
      if (!navigator.mediaDevices?.getUserMedia) return setState('insecure');
      try {
        const wanted = device ? { deviceId: { exact: device } } : { facingMode: 'environment' };
        stream = await navigator.mediaDevices.getUserMedia({
          video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } },
        });
        if (over) return stop();
        // Pulled out, or taken away by the system.
        stream.getVideoTracks()[0]?.addEventListener('ended', () => !over && setState('in-use'));
        if (video.current) {
          video.current.srcObject = stream;
          await video.current.play();
        }
        const all = await navigator.mediaDevices.enumerateDevices();
        if (over) return;
        setDevices(all.filter(({ kind }) => kind === 'videoinput'));
        setState('on');
      } catch (error) {
        stop();
        if (!over) setState(PROBLEMS[(error as Error).name] ?? 'other');
      }
    }
    void start();
    return () => {
      over = true;
      stop();
    };
  }, [video, device, tries]);

  const facing = useRef(false);
  const settings = (video.current?.srcObject as MediaStream | null)?.getVideoTracks()[0]?.getSettings();
  // A camera that looks at the person is shown as a mirror.
  facing.current = settings?.facingMode !== 'environment';
  return { state, again, devices, device, setDevice, mirrored: facing.current };
}
