ALTER TABLE `api_keys` ADD `object_name` text;--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_object_name_unique` ON `api_keys` (`object_name`);