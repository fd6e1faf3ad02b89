/** Kernels in WGSL: their text, their pipelines, their bind groups. */

export type Scalar = 'f32' | 'f16' | 'i32' | 'u32' | 'vec4f';
export interface BufferSpec {
  name: string;
  /** What the kernel does with it; `write` may read as well. */
  access: 'read' | 'write';
  type?: Scalar;
  /** A weight's, which may lie in half precision (`half-weights.ts`): the text reads `nameAt(i)`. */
  weight?: boolean;
}
export type Feature = 'shader-f16' | 'subgroups';
export interface KernelSource {
  /** In the order of the tensors of a dispatch. */
  buffers: readonly BufferSpec[];
  /** Fields of `u`, `rows:i32`. */
  uniforms?: readonly string[];
  /** Functions and workgroup memory. */
  declarations?: string;
  /** Body of the entry point: `lid` is the index of the thread in its group, `group` of the group, `gid` of the thread. */
  main: string;
  /** Threads of a workgroup. */
  threads?: number;
  features?: readonly Feature[];
}

/** Threads of a workgroup where a kernel does not say. */
export const THREADS = 64;
/** Bind groups that a kernel keeps: shapes that come again find theirs. */
const MOST_GROUPS = 2048;

export const reads = (name: string, type: Scalar = 'f32'): BufferSpec => ({ name, access: 'read', type });
export const readsWeight = (name: string): BufferSpec => ({ ...reads(name), weight: true });
export const writes = (name: string, type: Scalar = 'f32'): BufferSpec => ({ name, access: 'write', type });

const PAD = ['pad_:i32'];

/** Which of its workgroup's subgroups a thread is in, and how many there are: `subgroup` and `subgroups`. */
const SUBGROUPS = {
  variables: 'var<private> subgroup : u32;\nvar<private> subgroups : u32;\n',
  arguments: ', @builtin(subgroup_id) ownSubgroup : u32, @builtin(num_subgroups) allSubgroups : u32',
  begin: 'subgroup = ownSubgroup; subgroups = allSubgroups;',
};
const NO_SUBGROUPS: typeof SUBGROUPS = { variables: '', arguments: '', begin: '' };

/** What a module begins with. */
const directives = (features: readonly Feature[]): string =>
  [
    ...(features.includes('shader-f16') ? ['enable f16;'] : []),
    ...(features.includes('subgroups') ? ['enable subgroups;', 'requires subgroup_id;'] : []),
  ].join('\n');

/** How entry i of a weight is read: floats, halves, or two halves in a word. */
const READ: Partial<Record<Scalar, (name: string) => string>> = {
  f32: (name) => `${name}[i]`,
  f16: (name) => `f32(${name}[i])`,
  u32: (name) => `unpack2x16float(${name}[i / 2])[i % 2]`,
};

/** The whole module. `group` and `gid` are flat over x and y, so that a dispatch beyond 65,535 groups is spread over both. */
export function wgsl({
  buffers,
  uniforms = [],
  declarations = '',
  main,
  threads = THREADS,
  features = [],
}: KernelSource): string {
  const fields = (uniforms.length > 0 ? uniforms : PAD).map((field) => field.replace(':', ' : '));
  const bindings = buffers.map(
    ({ name, access, type = 'f32' }, i) =>
      `@group(0) @binding(${i}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name} : array<${type}>;`,
  );
  const weights = buffers
    .filter(({ weight }) => weight)
    .map(({ name, type = 'f32' }) => `fn ${name}At(i : i32) -> f32 { return ${READ[type]!(name)}; }`);
  const grouped = features.includes('subgroups') ? SUBGROUPS : NO_SUBGROUPS;
  return `${directives(features)}
struct Uniforms { ${fields.join(', ')} };
${bindings.join('\n')}
@group(0) @binding(${buffers.length}) var<uniform> u : Uniforms;
${weights.join('\n')}
${grouped.variables}${declarations}
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) lid : u32, @builtin(workgroup_id) wg : vec3u, @builtin(num_workgroups) groups : vec3u${grouped.arguments}) {
  ${grouped.begin}
  let group = i32(wg.x + wg.y * groups.x);
  let gid = group * ${threads} + i32(lid);
  ${main}
}`;
}

/** A kernel that is compiled. */
export class Kernel {
  readonly key: string;
  readonly pipeline: GPUComputePipeline;
  readonly uniforms: readonly string[];
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly device: GPUDevice;
  private readonly layout: GPUBindGroupLayout;

  constructor(
    device: GPUDevice,
    key: string,
    source: KernelSource,
    layout: GPUBindGroupLayout,
    pipeline: GPUComputePipeline,
  ) {
    this.device = device;
    this.key = key;
    this.layout = layout;
    this.uniforms = source.uniforms ?? PAD;
    this.pipeline = pipeline;
  }

  bindGroup(key: string, resources: () => readonly GPUBindingResource[]): GPUBindGroup {
    let group = this.groups.get(key);
    if (!group) {
      if (this.groups.size >= MOST_GROUPS) this.groups.clear();
      const entries = resources().map((resource, binding) => ({ binding, resource }));
      group = this.device.createBindGroup({ layout: this.layout, entries });
      this.groups.set(key, group);
    }
    return group;
  }
}

/** The kernels of a device, each compiled once. */
export class Pipelines {
  private readonly kernels = new Map<string, Kernel>();
  /** Keys of those that are being compiled. */
  private readonly coming = new Set<string>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly device: GPUDevice;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  kernel(key: string, source: () => KernelSource): Kernel {
    let kernel = this.kernels.get(key);
    if (!kernel) {
      const { device } = this;
      const made = source();
      const layout = this.layout(made.buffers);
      const pipeline = device.createComputePipeline(this.described(key, made, layout));
      kernel = new Kernel(device, key, made, layout, pipeline);
      this.kernels.set(key, kernel);
    }
    return kernel;
  }

  /** Compiles a kernel beside whatever else goes on; what cannot be compiled is told of when it is to run. */
  async prepare(key: string, source: () => KernelSource): Promise<void> {
    if (this.kernels.has(key) || this.coming.has(key)) return;
    this.coming.add(key);
    const { device } = this;
    const made = source();
    const layout = this.layout(made.buffers);
    const pipeline = await device.createComputePipelineAsync(this.described(key, made, layout)).catch(() => undefined);
    this.coming.delete(key);
    if (pipeline && !this.kernels.has(key)) this.kernels.set(key, new Kernel(device, key, made, layout, pipeline));
  }

  private described(key: string, source: KernelSource, layout: GPUBindGroupLayout): GPUComputePipelineDescriptor {
    const { device } = this;
    return {
      label: key,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ code: wgsl(source), label: key }), entryPoint: 'main' },
    };
  }

  private layout(buffers: readonly BufferSpec[]): GPUBindGroupLayout {
    const key = buffers.map(({ access }) => access).join();
    let layout = this.layouts.get(key);
    if (!layout) {
      const types: GPUBufferBindingType[] = buffers.map(({ access }) =>
        access === 'read' ? 'read-only-storage' : 'storage',
      );
      layout = this.device.createBindGroupLayout({
        entries: [...types, 'uniform' as const].map((type, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type },
        })),
      });
      this.layouts.set(key, layout);
    }
    return layout;
  }
}
