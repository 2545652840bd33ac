CREATE TABLE `housekeeping_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`run` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `collections` ADD `retention_days` integer;--> statement-breakpoint
ALTER TABLE `collections` ADD `retained_through_ms` integer DEFAULT 0 NOT NULL;