import { sql, type ColumnDefinitionBuilder } from 'kysely'
import type { DialectName } from '../engine.js'

type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

/** A number that the database gives each row. */
export const identity = (dialect: DialectName) => (dialect === 'sqlite' ? sql`integer` : sql`bigserial`)
export const key =
  (dialect: DialectName): Column =>
  (column) =>
    dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey()

/** Text that is compared and sorted by its bytes, whatever language the server speaks. */
export const textOf = (dialect: DialectName) => (dialect === 'sqlite' ? sql`text` : sql`text collate "C"`)
