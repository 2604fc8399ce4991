import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from "typeorm";
@Entity() export default class Dflt { @PrimaryGeneratedColumn() id: number; @ManyToOne(() => Dflt) up: Dflt; }
