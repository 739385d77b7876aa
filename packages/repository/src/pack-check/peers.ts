/** Lets npm resolve the packages beside the oldest and the newest frameworks that they work with, used or not. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackedPackage } from './packed-package.ts'
import { runCommand } from './run-command.ts'

/** Projects with everything at once. npm refuses a project when one peer is out of its range. */
const PROJECTS: Readonly<Record<string, readonly string[]>> = {
  oldest: [
    '@modelcontextprotocol/sdk@1.0.0',
    '@nestjs/common@10',
    '@nestjs/core@10',
    '@opentelemetry/api@1.9.0',
    'express@4.16.0',
    'fastify@4.0.0',
    'hono@4.0.0',
    'koa@2.13.0',
    'reflect-metadata@0.1',
    'rxjs@7',
  ],
  between: [
    '@nestjs/common@11',
    '@nestjs/core@11',
    'express@5',
    'fastify@4',
    'koa@2',
    'reflect-metadata@0.2',
    'rxjs@7',
  ],
}

/** Every project that npm cannot resolve. Nothing is installed. */
export function resolvePeers(packages: readonly PackedPackage[], work: string): string[] {
  return Object.entries(PROJECTS).flatMap(([title, frameworks]) => {
    const directory = join(work, `peers-${title}`)
    mkdirSync(directory)
    writeFileSync(join(directory, 'package.json'), '{ "name": "peers", "private": true }')
    const tarballs = packages.map(({ tarball }) => tarball)
    const resolve = ['install', '--package-lock-only', '--no-audit', '--no-fund', '--ignore-scripts']
    const { ok, output } = runCommand('npm', [...resolve, ...frameworks, ...tarballs], directory)
    return ok ? [] : [`${title}: ${output}`]
  })
}
