import { describe, it } from '@jest/globals';
import { rotateCertificates } from './certificate-rotation.ts';
import { hold } from './fault-figure.ts';
import { inScene } from './scene.ts';

describe('certificates that are renewed', () => {
  it('lose no request and no handshake', async () =>
    hold('certificate-rotation', await inScene(rotateCertificates, 10)));
});
