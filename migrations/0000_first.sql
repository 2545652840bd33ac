CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`object_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`record` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_object_id_unique` ON `api_keys` (`object_id`);--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at_ms`,`id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`operator` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at_ms`);--> statement-breakpoint
CREATE TABLE `collections` (
	`ref` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`alias` text,
	`title` text NOT NULL,
	`description` text,
	`is_readable` integer DEFAULT true NOT NULL,
	`is_writable` integer DEFAULT false NOT NULL,
	`media_types` text NOT NULL,
	`parent_ref` integer,
	`selector` text,
	`last_added_ms` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`batch_base_ms` integer DEFAULT 0 NOT NULL,
	`batch_first_ref` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `collections_id_unique` ON `collections` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `collections_alias_unique` ON `collections` (`alias`);--> statement-breakpoint
CREATE UNIQUE INDEX `collections_title_unique` ON `collections` (`title`);--> statement-breakpoint
CREATE INDEX `collections_parent` ON `collections` (`parent_ref`);--> statement-breakpoint
CREATE TABLE `list_entries` (
	`collection_ref` integer NOT NULL,
	`list` text NOT NULL,
	`is_current` integer NOT NULL,
	`date_added_ms` integer NOT NULL,
	`object_ref` integer NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`collection_ref`, `list`, `is_current`, `date_added_ms`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `objects` (
	`ref` integer PRIMARY KEY NOT NULL,
	`collection_ref` integer NOT NULL,
	`stix_id` text NOT NULL,
	`type` text NOT NULL,
	`spec_version` text NOT NULL,
	`version_key` text NOT NULL,
	`version` text,
	`is_first` integer DEFAULT true NOT NULL,
	`is_last` integer DEFAULT true NOT NULL,
	`is_current` integer DEFAULT true NOT NULL,
	`bytes` integer NOT NULL,
	`lists` text NOT NULL,
	`content` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `objects_version` ON `objects` (`collection_ref`,`stix_id`,`spec_version`,`version_key`);--> statement-breakpoint
CREATE TABLE `operator_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`digest` text NOT NULL,
	`last_four` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operator_tokens_name_unique` ON `operator_tokens` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `operator_tokens_digest_unique` ON `operator_tokens` (`digest`);--> statement-breakpoint
CREATE TABLE `removals` (
	`collection_ref` integer PRIMARY KEY NOT NULL,
	`requested_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `statuses` (
	`id` text NOT NULL,
	`part` integer NOT NULL,
	`owner_key_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`id`, `part`)
);
--> statement-breakpoint
CREATE INDEX `statuses_created` ON `statuses` (`created_at_ms`);