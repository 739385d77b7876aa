/** SPINE: a configuration in, a diagnosis out. */
import { VARIABLES } from '../connection/connection-options.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { DoctorFlags } from './doctor-options.ts'
import { examine } from './examine.ts'
import { findPlainHttp } from './examination/find-plain-http.ts'
import { openPatient } from './patient/open-patient.ts'
import { showDiagnosis } from './show-diagnosis.ts'

/** Examines a configuration. Ends with 0 when every step works, and with 1 when one is broken. */
export async function runDoctor(flags: DoctorFlags, surroundings: Surroundings, terminal: Terminal): Promise<ExitCode> {
  const { environment, now } = surroundings
  const startedMs = now()
  const urls = [flags.issuer ?? environment[VARIABLES.issuer], flags.endpoint ?? environment[VARIABLES.endpoint]]
  const plain = flags.config === undefined ? findPlainHttp(urls, flags) : undefined
  if (plain !== undefined) {
    const diagnosis = { fault: plain, working: [], notes: [] }
    terminal.print(showDiagnosis(diagnosis, { requests: 0, durationMs: now() - startedMs }))
    return EXIT.no
  }
  const patient = await openPatient(flags, surroundings)
  try {
    const diagnosis = await examine(patient)
    const figures = { requests: patient.requestCount(), durationMs: now() - startedMs }
    terminal.print(showDiagnosis(diagnosis, figures, patient.secrets))
    return diagnosis.fault === undefined ? EXIT.good : EXIT.no
  } finally {
    await patient.close()
  }
}
