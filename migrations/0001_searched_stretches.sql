CREATE TABLE `searched_stretches` (
	`collection_ref` integer NOT NULL,
	`search` text NOT NULL,
	`after_ms` integer NOT NULL,
	`to_ms` integer NOT NULL,
	`searched_at_ms` integer NOT NULL,
	PRIMARY KEY(`collection_ref`, `search`, `after_ms`)
);
--> statement-breakpoint
CREATE INDEX `searched_stretches_at` ON `searched_stretches` (`searched_at_ms`);