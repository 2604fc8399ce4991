CREATE TABLE `User` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `email` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NULL DEFAULT 'it''s',
    `role` ENUM('it''s', 'USER') NOT NULL DEFAULT 'it''s',
    `yes` BOOLEAN NOT NULL DEFAULT true,
    `made` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `seen` TIMESTAMP(0) NOT NULL DEFAULT CURRENT_TIMESTAMP(0),
    `since` DATETIME(3) NOT NULL DEFAULT '2020-01-01T00:00:00+00:00',
    `data` JSON NOT NULL,
    `bytes` LONGBLOB NOT NULL,
    `exact` DECIMAL(10, 2) NOT NULL,
    `count` INTEGER UNSIGNED NOT NULL,
    `bio` TEXT NOT NULL,
    `bit` BIT(1) NOT NULL,
    `tiny` TINYINT NOT NULL,
    `year` YEAR NULL,

    UNIQUE INDEX `User_email_key`(`email`(20)),
    INDEX `by_bio`(`bio`(10), `name` DESC),
    FULLTEXT INDEX `User_bio_name_idx`(`bio`, `name`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `posts` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `author_id` INTEGER NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `Cat` (
    `id` BIGINT UNSIGNED NOT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `_CatToUser` (
    `A` BIGINT UNSIGNED NOT NULL,
    `B` INTEGER NOT NULL,

    UNIQUE INDEX `_CatToUser_AB_unique`(`A`, `B`),
    INDEX `_CatToUser_B_index`(`B`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

ALTER TABLE `posts` ADD CONSTRAINT `posts_author_id_fkey` FOREIGN KEY (`author_id`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE `_CatToUser` ADD CONSTRAINT `_CatToUser_A_fkey` FOREIGN KEY (`A`) REFERENCES `Cat`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE `_CatToUser` ADD CONSTRAINT `_CatToUser_B_fkey` FOREIGN KEY (`B`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
