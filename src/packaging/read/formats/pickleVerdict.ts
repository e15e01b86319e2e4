import { computedName, type PickleGlobal, type PickleValue } from './pickle.ts';
import { stateDictsOf, type StateDict } from './stateDicts.ts';

/** What loading a pickle would do, by the names that it looks up and by what stands at its root. */
export type PickleVerdict =
  | { readonly kind: 'state-dict'; readonly tensors: number; readonly stateDicts: readonly StateDict[] }
  /**
   * A dict with a state_dict (or something else) inside, as training writes it. `key` is where the state_dict is, and
   * `foreign` a class that `torch.load` needs for what lies beside it.
   */
  | {
      readonly kind: 'checkpoint';
      readonly key?: string;
      readonly foreign?: string;
      readonly stateDicts: readonly StateDict[];
    }
  | { readonly kind: 'tensor' }
  /** Needs Python code that is not PyTorch's own reading of tensors. */
  | { readonly kind: 'foreign-code'; readonly global: string; readonly isModule: boolean }
  | { readonly kind: 'hostile'; readonly global: string }
  | { readonly kind: 'other' };

/** Modules whose every name can run programs, load code, open connections or change files. */
const dangerousModules = new Set(
  `os posix nt posixpath ntpath subprocess sys shutil socket socketserver ssl runpy pty ctypes _ctypes importlib imp code
   codeop commands popen2 multiprocessing concurrent asyncio webbrowser pickle _pickle cPickle dill cloudpickle shelve
   marshal pip pydoc bdb pdb timeit trace cProfile profile platform requests httpx aiohttp urllib urllib2 urllib3 http
   httplib ftplib smtplib telnetlib poplib imaplib nntplib xmlrpc signal threading _thread thread tempfile linecache gc
   atexit site sitecustomize zipimport pkgutil ensurepip venv distutils setuptools doctest unittest test idlelib lib2to3
   sqlite3 winreg _winreg msvcrt _winapi fcntl resource mmap cffi IPython ipykernel fabric paramiko psutil pexpect sh
   plumbum execnet torch.hub torch.package torch.utils.cpp_extension torch.utils.collect_env torch.multiprocessing
   numpy.testing numpy.f2py numpy.distutils`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Single names that run or load code, in modules that are otherwise harmless. */
const dangerousNames = new Set(
  `builtins.eval builtins.exec builtins.execfile builtins.compile builtins.open builtins.file builtins.input
   builtins.raw_input builtins.__import__ builtins.getattr builtins.setattr builtins.delattr builtins.globals
   builtins.locals builtins.vars builtins.breakpoint builtins.apply builtins.reload builtins.help builtins.exit
   builtins.quit builtins.__build_class__ io.open io.FileIO _io.open _io.FileIO codecs.open copyreg.add_extension
   operator.attrgetter operator.methodcaller _operator.attrgetter _operator.methodcaller
   types.FunctionType types.CodeType types.MethodType types.LambdaType types.ModuleType
   numpy.load numpy.loads numpy.fromfile numpy.memmap numpy.save numpy.ctypeslib.load_library joblib.load
   torch.load torch.save torch.jit.load torch.serialization.load torch.serialization._load
   torch.jit.unsupported_tensor_ops.execWrapper torch.fx.graph_module.reduce_graph_module
   torch.fx.graph_module.reduce_package_graph_module torch.ops.load_library torch.classes.load_library
   torch.jit._script.script torch.jit.script pandas.read_pickle pandas.eval logging.config.fileConfig
   logging.FileHandler`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Attributes that lead from any object to the interpreter: `torch` + `serialization.os.system` is looked up by dots. */
const dangerousSegments = new Set([
  ...'os sys subprocess posix nt builtins __builtins__ importlib eval exec system popen Popen __import__ __globals__'.split(
    ' ',
  ),
  ...'__subclasses__ __bases__ __mro__ __getattribute__ __reduce__ __reduce_ex__ __code__ func_globals'.split(' '),
]);

/** What `torch.load` itself needs for tensors and their containers, and plain values of Python and numpy. */
const harmless: readonly RegExp[] = [
  /^collections\.(OrderedDict|defaultdict|Counter|deque)$/,
  /^torch\._utils\._rebuild_(tensor|tensor_v2|parameter|parameter_with_state|qtensor|sparse_tensor|sparse_csr_tensor|device_tensor_from_numpy|device_tensor_from_cpu_tensor|meta_tensor_no_storage|nested_tensor)$/,
  /^torch\._tensor\._rebuild_from_type_v2$/,
  /^torch(\.cuda)?\.(Float|Double|Half|BFloat16|Byte|Char|Short|Int|Long|Bool|ComplexFloat|ComplexDouble|QInt8|QUInt8|QInt32|QUInt4x2|QUInt2x4)(Storage|Tensor)$/,
  /^torch\.storage\.(UntypedStorage|TypedStorage|_UntypedStorage|_TypedStorage)$/,
  /^torch\.(float|double|half|bfloat16|float16|float32|float64|float8_\w+|u?int\d+|short|int|long|bool|complex\d+|q?u?int\d+|qint\d+|quint\d+)$/,
  /^torch\.(per_tensor_affine|per_channel_affine|per_tensor_symmetric|per_channel_symmetric|per_channel_affine_float_qparams|strided|sparse_coo|sparse_csr|contiguous_format|channels_last|preserve_format)$/,
  /^torch\.(Size|device|Tensor|nn\.parameter\.Parameter|nn\.parameter\.Buffer|serialization\._get_layout)$/,
  /^builtins\.(set|frozenset|bytearray|complex|slice|range|list|dict|tuple|int|float|bool|str|bytes|object|long|unicode|xrange)$/,
  /^_codecs\.encode$/,
  /^numpy\.(ndarray|dtype|bool_|str_|(u?int|float|complex)\d+)$/,
  /^numpy\.(core|_core)\.multiarray\.(scalar|_reconstruct)$/,
  /^numpy\.dtypes\.\w+DType$/,
];

/** The full name, with the modules of Python 2 under their names of today. */
export function globalName({ module, name }: PickleGlobal): string {
  const current =
    module === '__builtin__' || module === 'exceptions' ? 'builtins' : module === 'copy_reg' ? 'copyreg' : module;
  return current === '' ? name : `${current}.${name}`;
}

function isHostile(global: PickleGlobal): boolean {
  if (global.name === computedName) return true;
  const full = globalName(global);
  if (dangerousNames.has(full)) return true;
  const segments = full.split('.');
  for (let length = 1; length <= segments.length; length += 1) {
    if (dangerousModules.has(segments.slice(0, length).join('.'))) return true;
  }
  // Protocol 4 looks an attribute of an attribute up: a harmless module leads to a dangerous one that it imports.
  return global.name.split('.').some((segment) => dangerousSegments.has(segment));
}

/** Judges what {@link walkPickle} found. The root may be missing; the names that were seen count all the same. */
export function judgePickle(globals: readonly PickleGlobal[], root: PickleValue | undefined): PickleVerdict {
  const hostile = globals.find(isHostile);
  if (hostile !== undefined) return { kind: 'hostile', global: globalName(hostile) };
  const foreign = globals.find((global) => !harmless.some((pattern) => pattern.test(globalName(global))));
  const stateDicts = stateDictsOf(root);
  if (foreign !== undefined) {
    // What lies beside the tensors of a checkpoint can be left out; a whole module cannot be loaded without its class.
    if (stateDicts.length > 0) return { ...checkpoint(stateDicts), foreign: globalName(foreign) };
    const built = root?.kind === 'instance' && !isTensor(root) ? globalName(root.of) : undefined;
    const isModule = built !== undefined && !harmless.some((pattern) => pattern.test(built));
    return { kind: 'foreign-code', global: isModule ? built : globalName(foreign), isModule };
  }
  if (isTensor(root)) return { kind: 'tensor' };
  return root?.kind === 'mapping' ? judgeMapping(root, stateDicts) : { kind: 'other' };
}

function judgeMapping(
  root: Extract<PickleValue, { kind: 'mapping' }>,
  stateDicts: readonly StateDict[],
): PickleVerdict {
  const values = [...root.entries.values()];
  const tensors = values.filter(isTensor).length;
  if (tensors > 0 && !values.some(isStateDict)) return { kind: 'state-dict', tensors, stateDicts };
  return checkpoint(stateDicts);
}

function checkpoint(stateDicts: readonly StateDict[]): Extract<PickleVerdict, { kind: 'checkpoint' }> {
  const path = stateDicts[0]?.path.join('.') ?? '';
  return { kind: 'checkpoint', ...(path !== '' && { key: path }), stateDicts };
}

function isStateDict(value: PickleValue): boolean {
  return value.kind === 'mapping' && [...value.entries.values()].some(isTensor);
}

/** A tensor is the result of one of PyTorch's own rebuilding functions. */
function isTensor(value: PickleValue | undefined): boolean {
  return value?.kind === 'instance' && /^(torch\._utils|torch\._tensor)$/.test(value.of.module);
}
