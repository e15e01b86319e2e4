import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname, networkInterfaces, platform } from 'node:os';

/**
 * Who holds an upload pod, or writes a version: a text that is unique, that fits into a label, and by which another
 * window of the same computer can tell whether its owner still lives.
 *
 *     <computer, 12 digits>-<process id>-<random, 8 digits>
 */
export type OwnerId = string;

/** Owners that live in this process. Engines are bundled into separate files, which share this list through the registry. */
const living = ((globalThis as Record<symbol, Set<OwnerId> | undefined>)[Symbol.for('model-deck.upload-owners')] ??=
  new Set());

/** It lives until {@link retireOwner}, or until the process ends. */
export function newOwner(): OwnerId {
  const id = `${thisComputer()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  living.add(id);
  return id;
}

export function retireOwner(id: OwnerId): void {
  living.delete(id);
}

/**
 * Whether the owner was a process of this computer that has ended, or something of this process that is done. False when
 * that cannot be known, as for owners on other computers.
 */
export function isGone(id: OwnerId): boolean {
  const [, computer, processId] = /^([0-9a-f]{12})-(\d+)-[0-9a-f]{8}$/.exec(id) ?? [];
  if (computer !== thisComputer()) return false;
  if (Number(processId) === process.pid) return !living.has(id);
  try {
    process.kill(Number(processId), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

let computer: string | undefined;

/**
 * The same text for all processes that see each other's process ids, another one for everybody else: a host name alone is
 * shared by too many, and by WSL and containers with their host.
 */
function thisComputer(): string {
  computer ??= createHash('sha256')
    .update([hostname(), platform(), processNamespace(), ...hardwareAddresses()].join('\n'))
    .digest('hex')
    .slice(0, 12);
  return computer;
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Without those of virtual networks, which come and go: they have the bit of locally given addresses. */
function hardwareAddresses(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const physical = addresses.filter(({ internal, mac }) => !internal && (parseInt(mac.slice(0, 2), 16) & 2) === 0);
  return [...new Set(physical.map(({ mac }) => mac))].sort();
}
